'use client';
// The person's lists and tags in the navigation.
import { useQuery } from '@tanstack/react-query';
import { Hash, List, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { listsOptions, tagsOptions } from '@/lib/lists';
import { useText } from '@/lib/session';
import { AFTER_FIRST_LOAD_MS, loadedLater } from '../loaded-later';
import { Button } from '../ui/button';
import { PlaceLink } from './place-link';

const FilterPlaces = loadedLater(() => import('./filter-places'));
const NewList = loadedLater(() => import('./new-list'));

/** Tags offered here; the others are found by search. */
const SHOWN_TAGS = 12;

export function OwnPlaces({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  const text = useText();
  const lists = useQuery(listsOptions).data ?? [];
  const tags = useQuery(tagsOptions).data ?? [];
  const [adding, setAdding] = useState(false);
  const [loaded, setLoaded] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setLoaded(true);
    }, AFTER_FIRST_LOAD_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  const more = onNavigate ? { onClick: onNavigate } : {};
  const heading = 'flex h-8 items-center justify-between ps-2.5 text-xs font-semibold text-muted';
  return (
    <>
      <div className={heading}>
        <h2>{text.nav.lists}</h2>
        <Button
          variant="ghost"
          size="tiny"
          aria-label={text.nav.newList}
          title={text.nav.newList}
          onClick={() => {
            setAdding(true);
          }}
        >
          <Plus aria-hidden />
        </Button>
      </div>
      {lists.map(({ id, name }) => (
        <PlaceLink key={id} place={{ href: `/lists/${id}`, label: name, icon: List }} {...more} />
      ))}
      {tags.length === 0 ? null : (
        <>
          <div className={heading}>
            <h2>{text.nav.tags}</h2>
          </div>
          {tags.slice(0, SHOWN_TAGS).map(({ tag, open }) => (
            <PlaceLink
              key={tag}
              place={{
                href: `/tags/${encodeURIComponent(tag)}`,
                label: tag,
                icon: Hash,
                count: open,
              }}
              {...more}
            />
          ))}
        </>
      )}
      {loaded ? <FilterPlaces onNavigate={onNavigate} /> : null}
      {adding ? (
        <NewList
          onClose={(made) => {
            setAdding(false);
            if (made) onNavigate?.();
          }}
        />
      ) : null}
    </>
  );
}
