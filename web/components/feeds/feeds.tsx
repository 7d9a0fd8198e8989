'use client';
// Calendar feeds: which there are, a new one, another address, and their end.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { instantLabel } from '@/lib/dates';
import {
  createFeed,
  feedAddress,
  feedsOptions,
  renewFeed,
  revokeFeed,
  type Feed,
  type MadeFeed,
} from '@/lib/feeds';
import { listsOptions } from '@/lib/lists';
import { usePerson, useText } from '@/lib/session';
import { useReason } from '@/lib/tasks';
import { feedTextFor } from '@/text/feeds';
import { Copyable } from '../account/copyable';
import { Loaded, SettingsSection } from '../account/settings-section';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';
import { FeedForm } from './feed-form';

/** What was asked for and must be confirmed first. */
interface Asked {
  readonly what: 'renew' | 'revoke';
  readonly feed: Feed;
}

export function Feeds() {
  const text = feedTextFor(usePerson().locale);
  const { cancel } = useText();
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  const query = useQuery(feedsOptions);
  const [made, setMade] = useState<MadeFeed>();
  const [asked, setAsked] = useState<Asked>();
  const onSettled = () => client.invalidateQueries({ queryKey: feedsOptions.queryKey });
  const onError = (error: Error) => {
    toast({ tone: 'danger', text: reason(error) });
  };
  const create = useMutation({ mutationFn: createFeed, onSuccess: setMade, onSettled });
  const renew = useMutation({
    mutationFn: (feed: Feed) => renewFeed(feed.id),
    onSuccess: setMade,
    onError,
    onSettled,
  });
  const revoke = useMutation({
    mutationFn: (feed: Feed) => revokeFeed(feed.id),
    onSuccess: (_nothing, feed) => {
      if (made?.id === feed.id) setMade(undefined);
      toast({ text: text.revoked(feed.name) });
    },
    onError,
    onSettled,
  });
  const title = asked?.what === 'renew' ? text.renewTitle : text.revokeTitle;
  return (
    <SettingsSection id="feeds" title={text.title} hint={text.hint}>
      <Loaded query={query} failed={text.failed}>
        {(feeds) =>
          feeds.length === 0 ? (
            <p className="text-sm text-muted">{text.none}</p>
          ) : (
            <ul aria-labelledby="feeds" className="divide-y rounded-lg border bg-panel">
              {feeds.map((feed) => (
                <FeedRow key={feed.id} feed={feed} onAsk={setAsked} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {made ? (
        <div role="status" className="mt-4 grid gap-3 rounded-lg bg-accent-soft p-4 text-sm">
          <p className="font-medium text-accent-text">{text.newAddress}</p>
          <Copyable value={feedAddress(made.path, location.origin)} />
        </div>
      ) : null}
      {query.isSuccess ? (
        <FeedForm
          problem={create.error ? reason(create.error) : undefined}
          saving={create.isPending}
          onChange={create.reset}
          onCreate={(wanted, done) => {
            create.mutate(wanted, { onSuccess: done });
          }}
        />
      ) : null}
      <ConfirmDialog
        open={asked !== undefined}
        onOpenChange={(open) => {
          if (!open) setAsked(undefined);
        }}
        title={title(asked?.feed.name ?? '')}
        description={asked?.what === 'renew' ? text.renewHint : text.revokeHint}
        confirm={asked?.what === 'renew' ? text.renew : text.revoke}
        cancel={cancel}
        onConfirm={() => {
          if (asked) (asked.what === 'renew' ? renew : revoke).mutate(asked.feed);
        }}
      />
    </SettingsSection>
  );
}

function FeedRow({ feed, onAsk }: { feed: Feed; onAsk: (asked: Asked) => void }) {
  const person = usePerson();
  const text = feedTextFor(person.locale);
  const lists = useQuery(listsOptions);
  const names = feed.lists?.map((id) =>
    id === 'none'
      ? text.noList
      : (lists.data?.find((list) => list.id === id)?.name ?? text.deletedList),
  ) ?? [text.everything];
  const facts = [
    text.contents[feed.content],
    ...names,
    feed.lastUsedAt === null
      ? text.neverUsed
      : text.lastUsed(instantLabel(feed.lastUsedAt, person)),
  ];
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
      <div className="me-auto min-w-0">
        <p className="font-medium [overflow-wrap:anywhere]">
          <bdi>{feed.name}</bdi>
        </p>
        <p className="text-xs text-muted">{facts.join(' · ')}</p>
      </div>
      <Button
        variant="ghost"
        size="sm"
        aria-label={text.renewOf(feed.name)}
        onClick={() => {
          onAsk({ what: 'renew', feed });
        }}
      >
        {text.renew}
      </Button>
      <Button
        variant="ghost"
        size="sm"
        className="text-danger-text"
        aria-label={text.revokeOf(feed.name)}
        onClick={() => {
          onAsk({ what: 'revoke', feed });
        }}
      >
        {text.revoke}
      </Button>
    </li>
  );
}
