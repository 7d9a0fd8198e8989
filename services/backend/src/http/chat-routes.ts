// The chat over HTTP. Answers are streams of server-sent events; what can be refused is refused before a stream begins.
import { visibleText } from '@todo/contracts/task';
import type { Server } from '@todo/runtime/server';
import { z } from 'zod';
import { callerOf, contextOf } from './authenticate.ts';
import { problems } from './task-wire.ts';
import type { Chat } from '../chat/chat.ts';
import { chatMessage } from '../chat/conversation.ts';
import { streamEvents } from './chat-stream.ts';

/** Longest message, in characters: what quick add reads. */
export const MAX_MESSAGE = 2_000;

const tags = ['chat'];
const EVENTS =
  'Server-sent events, each with one JSON object: started, text (a piece of the answer), card (what a tool did, with tasks), question (with ready answers to send), confirmation (a change that needs a yes), notice (history-off, model-failed, stopped), and finally done with the whole message.';
const stream = {
  description: EVENTS,
  content: { 'text/event-stream': { schema: z.unknown() } },
};
const id = z.strictObject({ id: z.uuid('expected a UUID') });

/** Registers the routes below `/chat`. */
export function registerChatRoutes(app: Server, options: { chat: Chat }): void {
  const { chat } = options;
  const stop = new AbortController();
  app.addHook('preClose', (done) => {
    stop.abort();
    done();
  });

  app.post(
    '/chat/messages',
    {
      config: { action: 'chat.use' },
      schema: {
        tags,
        summary: 'Send a message; the answer is an event stream',
        description: EVENTS,
        produces: ['text/event-stream'],
        body: z.strictObject({
          text: visibleText(MAX_MESSAGE),
        }),
        response: { 200: stream, ...problems },
      },
    },
    async (request, reply) => {
      const person = contextOf(request);
      await streamEvents(reply, stop.signal, (emit, signal) =>
        chat.say(person, request.body.text, emit, signal),
      );
    },
  );

  app.post(
    '/chat/confirmations/:id',
    {
      config: { action: 'chat.use' },
      schema: {
        tags,
        summary: 'Confirm or reject a proposed change, once and within ten minutes',
        description: `A yes runs exactly the call that was shown, with its task ids. ${EVENTS}`,
        produces: ['text/event-stream'],
        params: id,
        body: z.strictObject({ answer: z.enum(['yes', 'no'], { error: 'expected yes or no' }) }),
        response: { 200: stream, ...problems },
      },
    },
    async (request, reply) => {
      const run = await chat.confirm(contextOf(request), request.params.id, request.body.answer);
      await streamEvents(reply, stop.signal, (emit) => run(emit));
    },
  );

  app.get(
    '/chat/messages',
    {
      config: { action: 'chat.read' },
      schema: {
        tags,
        summary: 'The last 200 messages, oldest first',
        response: {
          200: z.object({
            items: z.array(chatMessage),
            nextCursor: z.null(),
            kept: z.boolean(),
          }),
          ...problems,
        },
      },
    },
    async (request) => {
      const { messages, kept } = await chat.history(callerOf(request).userId);
      return { items: messages, nextCursor: null, kept };
    },
  );

  app.delete(
    '/chat/messages',
    {
      config: { action: 'chat.use' },
      schema: {
        tags,
        summary: 'Delete the conversation; tasks are kept',
        response: { 204: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      await chat.clear(callerOf(request).userId);
      return reply.status(204).send();
    },
  );
}
