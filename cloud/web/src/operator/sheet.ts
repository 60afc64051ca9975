/** What every dialog of the operator's page is given. */
import type { Overview } from './model.ts';
import type { OperatorApi } from './operator-api.ts';
import type { OperatorActions } from './use-operator.ts';

export interface SheetProps {
  readonly api: OperatorApi;
  readonly actions: OperatorActions;
  readonly overview: Overview;
  readonly onClose: () => void;
  /** Closes, and says so. */
  readonly onDone: (text: string) => void;
}
