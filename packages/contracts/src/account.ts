// How the web app has a person’s data erased, or their access stopped: it owns accounts, and the backend owns what people keep.

/** Where the backend takes the order; no path that the web app passes on from outside. */
export const ERASURE_PATH = '/internal/erasure';
/**
 * Audience of the JWT that orders it. Its subject is the person. One of its own, so that no token of a session will do, and this
 * one is good for nothing else.
 */
export const ERASURE_AUDIENCE = 'todo-erasure';

/** Where the web app says that an account was disabled or enabled; as little passed on from outside. */
export const DISABLING_PATH = '/internal/disabled-people';
/** Audience of the JWT that says so, by its claim `disabled`. */
export const DISABLING_AUDIENCE = 'todo-disabling';
