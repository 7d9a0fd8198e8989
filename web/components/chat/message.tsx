'use client';
// One message: the words, what was done as cards, and what is asked as buttons.
import { Check, Circle, CircleAlert } from 'lucide-react';
import { wordsBesideCards } from '@/lib/chat';
import type { Card, CardTask, ChatMessage, Confirmation } from '@/lib/chat';
import { cn } from '@/lib/class-names';
import { dayLabel, localDate, localTime, timeLabel } from '@/lib/dates';
import { useLocale, usePerson, useText } from '@/lib/session';
import { chatTextFor } from '@/text/chat';
import { Button } from '../ui/button';

export function Message({
  message,
  growing,
  last,
  onSay,
  onDecide,
}: {
  message: ChatMessage;
  /** It is still being said. */
  growing: boolean;
  /** Only the newest message's questions can be answered. */
  last: boolean;
  onSay: (words: string) => void;
  onDecide: (id: string, answer: 'yes' | 'no') => void;
}) {
  const text = chatTextFor(useLocale());
  if (message.role === 'user') {
    return (
      <div className="ms-8 justify-self-end rounded-lg bg-accent-soft px-3 py-2 text-sm text-accent-text">
        <span className="sr-only">{text.you}: </span>
        <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">
          <bdi>{message.text}</bdi>
        </span>
      </div>
    );
  }
  return (
    <div className="grid gap-2 text-sm" aria-busy={growing}>
      <span className="sr-only">{text.assistant}: </span>
      {growing && message.text === '' && message.cards.length === 0 ? (
        <p className="animate-pulse text-muted">{text.thinking}</p>
      ) : null}
      {message.text === '' ? null : (
        <p className="leading-6 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {wordsBesideCards(message)}
        </p>
      )}
      {message.cards.map((card, index) => (
        <ToolCard key={index} card={card} />
      ))}
      {message.notices.map((notice) => (
        <p key={notice.code} className="flex items-start gap-1.5 text-warn-text">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {notice.text}
        </p>
      ))}
      {message.question !== null ? (
        <div className="grid gap-2">
          {message.text.includes(message.question.text) ? null : <p>{message.question.text}</p>}
          {last && !growing ? (
            <div className="flex flex-wrap gap-2">
              {message.question.choices.map((choice) => (
                <Button
                  key={choice.send}
                  variant="outline"
                  size="sm"
                  className="max-w-full"
                  onClick={() => {
                    onSay(choice.send);
                  }}
                >
                  <span className="truncate">{choice.label}</span>
                </Button>
              ))}
            </div>
          ) : null}
        </div>
      ) : null}
      {message.confirmation !== null ? (
        <Ask
          confirmation={message.confirmation}
          said={message.text}
          open={last && !growing}
          onDecide={onDecide}
        />
      ) : null}
    </div>
  );
}

function ToolCard({ card }: { card: Card }) {
  const text = chatTextFor(useLocale());
  const { tasks } = useText();
  const { zone, locale } = usePerson();
  const today = localDate(new Date(), zone);
  const when = ({ due, dueAt }: CardTask) => {
    if (due === null || dueAt === null) return null;
    const date = dayLabel(localDate(dueAt, zone), today, locale, tasks);
    return due.length > 10 ? `${date}, ${timeLabel(localTime(dueAt, zone), locale)}` : date;
  };
  return (
    <div
      className={cn(
        'overflow-hidden rounded-lg border',
        card.ok ? 'bg-raised' : 'border-danger/40 bg-danger-soft',
      )}
    >
      <p
        className={cn(
          'border-b px-3 py-1.5 text-xs font-semibold last:border-b-0',
          card.ok ? 'text-muted' : 'text-danger-text',
        )}
      >
        {card.title}
        {card.problem === null ? null : <span className="font-normal">: {card.problem}</span>}
      </p>
      {card.tasks.length === 0 ? null : (
        <ol className="divide-y">
          {card.tasks.map((task, index) => (
            <li key={task.id} className="flex items-start gap-2 px-3 py-2">
              {card.readOnly && card.tasks.length > 1 ? (
                <span className="shrink-0 text-xs leading-5 text-muted">{index + 1}.</span>
              ) : null}
              {task.status === 'done' ? (
                <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-text" />
              ) : (
                <Circle aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
              )}
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                <bdi>{task.title}</bdi>
                {task.status === 'done' ? <span className="sr-only"> ({text.done})</span> : null}
              </span>
              {task.dueAt === null ? null : (
                <span
                  className={cn(
                    'shrink-0 text-xs leading-5',
                    task.overdue ? 'text-danger-text' : 'text-muted',
                  )}
                >
                  {when(task)}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      {card.more ? <p className="border-t px-3 py-1.5 text-xs text-muted">{text.more}</p> : null}
    </div>
  );
}

function Ask({
  confirmation,
  said,
  open,
  onDecide,
}: {
  confirmation: Confirmation;
  /** The words of the message; what they say already is not said again. */
  said: string;
  open: boolean;
  onDecide: (id: string, answer: 'yes' | 'no') => void;
}) {
  const text = chatTextFor(useLocale());
  return (
    <div className="grid gap-2 rounded-lg border border-field/60 bg-raised p-3">
      {said.includes(confirmation.text) ? null : <p>{confirmation.text}</p>}
      {confirmation.tasks.length === 0 ? null : (
        <ul className="grid list-disc gap-0.5 ps-5">
          {confirmation.tasks.map((task) => (
            <li key={task.id} className="[overflow-wrap:anywhere]">
              <bdi>{task.title}</bdi>
            </li>
          ))}
        </ul>
      )}
      {open ? (
        <div className="flex gap-2">
          <Button
            size="sm"
            onClick={() => {
              onDecide(confirmation.id, 'yes');
            }}
          >
            {text.confirm}
          </Button>
          <Button
            variant="outline"
            size="sm"
            onClick={() => {
              onDecide(confirmation.id, 'no');
            }}
          >
            {text.deny}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
