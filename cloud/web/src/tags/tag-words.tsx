/** A tag in words and picture. */
import './tags.css';
import type { JSX } from 'preact';
import type { Reading } from '../api/model.ts';
import { Icon } from '../design/icons.tsx';
import type { Words } from '../strings/words.ts';
import { useWords } from '../strings/words.ts';
import { type Tag, tagOf } from './tag.ts';

/** A key is broken between its parts, not within one. */
export function TagText({ tag }: { tag: Tag }): JSX.Element {
  const [first, ...rest] = tag.text.split(/(?=\()/);
  return (
    <span class="tag-text">
      {first}
      {rest.map((part) => (
        <>
          <wbr />
          {part}
        </>
      ))}
    </span>
  );
}

export function TagPicture({ tag }: { tag: Tag }): JSX.Element {
  return (
    <span class={`tag-picture look-${tag.look}`}>
      <Icon name={tag.look} />
    </span>
  );
}

/** For the table of readings; null where the reading tells of no tag. */
export function tagCell(reading: Reading): JSX.Element | null {
  const tag = tagOf(reading);
  return tag === null ? null : (
    <span class="tag-cell">
      <TagPicture tag={tag} />
      <TagText tag={tag} />
    </span>
  );
}

/** Large, in place of a number. */
export function NewestTag({ reading }: { reading: Reading }): JSX.Element | null {
  const words = useWords();
  const tag = tagOf(reading);
  if (tag === null) return null;
  return (
    <span class="tag-figure">
      <TagPicture tag={tag} />
      <TagText tag={tag} />
      <span class="tag-facts">{tagFacts(tag, words)}</span>
    </span>
  );
}

/** "Animal · antenna 2 · 999, kept for tests". */
function tagFacts({ look, antenna, issuer }: Tag, { t }: Words): string {
  const from = issuer === null ? '' : t.tags.issuers[issuer.kind](issuer.code);
  const place = antenna === null ? '' : t.tags.antenna(antenna);
  return [t.tags.looks[look], place, from].filter(Boolean).join(' · ');
}
