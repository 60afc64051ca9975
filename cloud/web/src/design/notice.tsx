import './notice.css';
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface NoticeProps {
  readonly look: 'waiting' | 'broken' | 'holds';
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Something the visitor should know, and what to do about it. */
export function Notice({ look, icon, title, children }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${look}`}>
      <Icon name={icon} />
      <div>
        <h3>{title}</h3>
        {children}
      </div>
    </div>
  );
}

interface EmptyStateProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** In the place of what is not there yet. */
export function EmptyState({ title, children }: EmptyStateProps): JSX.Element {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** A short answer to something the visitor just did. The region is always there, so that it is read out. */
export function Toast({ text }: { text: string | null }): JSX.Element {
  return <output>{text !== null && <div class="toast">{text}</div>}</output>;
}
