// A language model that could not be asked, or did not answer as it should. What is said of it is for a person: no address,
// no key, no answer's body.

/** The model failed; the built-in engine can answer instead. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
