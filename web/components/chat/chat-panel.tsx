'use client';
// The assistant beside the tasks, on a phone in their place: what was said, what it did, and what it asks.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowUp, Eraser, Square, X } from 'lucide-react';
import { showsSomething } from '@todo/contracts/text';
import { useEffect, useRef, useState } from 'react';
import { call } from '@/lib/api';
import { randomKey } from '@/lib/random-ids';
import { ApiError } from '@/lib/api-error';
import { converse, emptyMessage, type ChatMessage } from '@/lib/chat';
import { useDraft } from '@/lib/drafts';
import { limitedText } from '@/lib/limited-text';
import { useLocale, useText } from '@/lib/session';
import { chatTextFor } from '@/text/chat';
import { taskKeys } from '@/lib/task-query';
import { useReason } from '@/lib/tasks';
import { ErrorState } from '../tasks/error-state';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { Skeleton } from '../ui/skeleton';
import { useToast } from '../ui/toast';
import { Message } from './message';

/** Longest message, in code points: the backend's limit. */
const MAX_MESSAGE = 2_000;
const HISTORY = ['chat', 'messages'] as const;

interface History {
  items: ChatMessage[];
  kept: boolean;
}

export default function ChatPanel({ onClose }: { onClose: () => void }) {
  const text = useText();
  const chatText = chatTextFor(useLocale());
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  const query = useQuery({
    queryKey: HISTORY,
    queryFn: ({ signal }) => call<History>('/chat/messages', { signal }),
    staleTime: Infinity, // this page makes the messages itself; another one's are read when it is opened anew
    refetchOnMount: 'always',
  });
  const [draft, setDraft] = useDraft('chat', '');
  const [growing, setGrowing] = useState<{ said: ChatMessage; answer: ChatMessage } | null>(null);
  const [problem, setProblem] = useState<string>();
  const [clearing, setClearing] = useState(false);
  const running = useRef<AbortController>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);

  const messages = query.data?.items ?? [];
  const shown = growing ? [...messages, growing.said, growing.answer] : messages;
  const length = growing?.answer.text.length ?? 0;
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [shown.length, length, problem]);
  useEffect(() => {
    input.current?.focus();
    return () => running.current?.abort();
  }, []);

  useEffect(() => {
    const element = panel.current;
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose();
    };
    element?.addEventListener('keydown', escape);
    return () => element?.removeEventListener('keydown', escape);
  }, [onClose]);

  const keep = (...added: ChatMessage[]) => {
    client.setQueryData<History>(HISTORY, (history) => ({
      kept: history?.kept ?? true,
      items: [...(history?.items ?? []), ...added],
    }));
  };

  const run = async (path: string, body: object, words: string) => {
    const said = emptyMessage('user', randomKey(), words);
    const leaving = new AbortController();
    running.current = leaving;
    setProblem(undefined);
    setGrowing({ said, answer: emptyMessage('assistant', 'answer') });
    try {
      const answer = await converse(
        path,
        body,
        (message) => {
          setGrowing({ said, answer: message });
        },
        leaving.signal,
      );
      keep(said, answer);
    } catch (error) {
      if (leaving.signal.aborted) {
        await client.invalidateQueries({ queryKey: HISTORY });
      } else {
        // Nothing typed is lost: neither this message nor the next one.
        if (path === '/chat/messages') setDraft((now) => (now === '' ? words : `${words}\n${now}`));
        const offline = error instanceof ApiError && error.status === 0;
        setProblem(chatText.failed(offline ? chatText.offline : reason(error)));
      }
    } finally {
      running.current = null;
      setGrowing(null);
      // What it did arrives by the live updates as well; without them it is read here.
      void client.invalidateQueries({ queryKey: taskKeys.all });
    }
  };
  const say = (words: string) => {
    if (growing !== null || !showsSomething(words)) return;
    void run('/chat/messages', { text: words.trim() }, words.trim());
  };
  const decide = (id: string, answer: 'yes' | 'no') => {
    if (growing !== null) return;
    const words = answer === 'yes' ? chatText.confirm : chatText.deny;
    void run(`/chat/confirmations/${id}`, { answer }, words);
  };
  const clear = async () => {
    try {
      await call('/chat/messages', { method: 'DELETE' });
      client.setQueryData<History>(HISTORY, { items: [], kept: true });
      input.current?.focus();
    } catch (error) {
      toast({ tone: 'danger', text: reason(error) });
    }
  };

  const off = query.error instanceof ApiError && query.error.status === 404;
  return (
    <aside
      ref={panel}
      aria-label={chatText.title}
      className="fixed inset-0 z-40 flex flex-col bg-panel pb-[env(safe-area-inset-bottom)] lg:start-auto lg:w-96 lg:border-s"
    >
      <div className="flex items-center gap-1 border-b px-4 py-2.5">
        <h2 className="me-auto text-base font-semibold">{chatText.title}</h2>
        {messages.length > 0 ? (
          <Button
            variant="ghost"
            size="icon"
            aria-label={chatText.clear}
            title={chatText.clear}
            onClick={() => {
              setClearing(true);
            }}
          >
            <Eraser />
          </Button>
        ) : null}
        <Button variant="ghost" size="icon" aria-label={text.close} onClick={onClose}>
          <X />
        </Button>
      </div>
      <div
        role="region"
        aria-label={chatText.log}
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-4 py-4"
      >
        {query.isPending ? <Skeleton className="h-16" /> : null}
        {off ? <p className="text-sm text-muted">{chatText.off}</p> : null}
        {query.isError && !off ? (
          <ErrorState
            title={chatText.loadFailed}
            error={query.error}
            onRetry={() => {
              void query.refetch();
            }}
          />
        ) : null}
        {query.data?.kept === false ? (
          <p className="mb-3 text-sm text-warn-text">{chatText.notKept}</p>
        ) : null}
        {query.isSuccess && shown.length === 0 ? (
          <div className="grid gap-3 pt-2 text-sm">
            <p className="text-muted">{chatText.empty}</p>
            {chatText.examples.map((example) => (
              <Button
                key={example}
                variant="outline"
                className="justify-start font-normal whitespace-normal"
                onClick={() => {
                  say(example);
                }}
              >
                {example}
              </Button>
            ))}
          </div>
        ) : null}
        <div role="log" aria-label={chatText.log} className="grid gap-4">
          {shown.map((message, index) => (
            <Message
              key={message.id}
              message={message}
              growing={growing !== null && index === shown.length - 1}
              last={index === shown.length - 1}
              onSay={say}
              onDecide={decide}
            />
          ))}
        </div>
        {problem === undefined ? null : (
          <p role="alert" className="mt-4 text-sm text-danger-text">
            {problem}
          </p>
        )}
        <div ref={end} />
      </div>
      <form
        className="border-t p-3"
        onSubmit={(event) => {
          event.preventDefault();
          say(draft);
          if (growing === null) setDraft('');
        }}
      >
        <div className="flex items-end gap-2 rounded-lg border border-field/60 bg-raised p-1.5 ps-3 focus-within:border-accent">
          <textarea
            ref={input}
            rows={1}
            aria-label={chatText.message}
            placeholder={chatText.placeholder}
            value={draft}
            disabled={off}
            onChange={({ target }) => {
              setDraft(limitedText(draft, target.value, MAX_MESSAGE));
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
                event.preventDefault();
                event.currentTarget.form?.requestSubmit();
              }
            }}
            className="field-sizing-content max-h-40 min-h-7 min-w-0 flex-1 resize-none bg-transparent py-1 text-base outline-none sm:text-sm"
          />
          {growing === null ? (
            <Button type="submit" size="icon" aria-label={chatText.send} disabled={off}>
              <ArrowUp />
            </Button>
          ) : (
            <Button
              variant="outline"
              size="icon"
              aria-label={chatText.stop}
              onClick={() => {
                running.current?.abort();
              }}
            >
              <Square />
            </Button>
          )}
        </div>
      </form>
      <ConfirmDialog
        open={clearing}
        onOpenChange={setClearing}
        title={chatText.clearTitle}
        description={chatText.clearHint}
        confirm={chatText.clear}
        cancel={text.cancel}
        onConfirm={() => {
          void clear();
        }}
      />
    </aside>
  );
}
