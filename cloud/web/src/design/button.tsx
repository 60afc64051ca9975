import './button.css';
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly onClick: () => void;
  readonly look?: 'primary' | 'danger' | 'plain';
  readonly compact?: boolean;
  readonly icon?: IconName;
  readonly label?: string;
  readonly disabled?: boolean;
}

/** `label` is for screen readers, where the visible words need their surroundings to be understood. */
export function Button(props: ButtonProps): JSX.Element {
  const { children, onClick, look = '', compact = false, icon, label, disabled = false } = props;
  return (
    <button
      type="button"
      class={`button ${look} ${compact ? 'compact' : ''}`}
      onClick={onClick}
      disabled={disabled}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly {
    readonly value: T;
    readonly text: string;
    readonly spoken?: string;
  }[];
  readonly value: T | null;
  readonly onChange: (value: T) => void;
}

/** One of a few, all of them in sight. */
export function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <fieldset class="choice" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          {...(option.spoken === undefined ? {} : { 'aria-label': option.spoken })}
        >
          {option.text}
        </button>
      ))}
    </fieldset>
  );
}
