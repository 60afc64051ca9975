/** The operator's page: who asks, who is in, which codes are out. */
import '../app.css';
import './operator.css';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button, Choice } from '../design/button.tsx';
import { SealMark } from '../design/icons.tsx';
import { Notice, Toast } from '../design/notice.tsx';
import { type Memory, useLanguage, useTheme } from '../settings.ts';
import { useToast } from '../use-toast.ts';
import { ApproveDialog } from './approve-dialog.tsx';
import { BringDialog } from './bring-dialog.tsx';
import { Command } from './command.tsx';
import { Erasures } from './erasures.tsx';
import { formatDay } from './format-day.ts';
import type { LogChange } from './generations.ts';
import { Invitations } from './invitations.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import type { AgentView, Overview, WaitingBox } from './model.ts';
import { NextLogDialog } from './next-log-dialog.tsx';
import type { OperatorApi } from './operator-api.ts';
import { RefuseDialog } from './refuse-dialog.tsx';
import { Registered } from './registered.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { type OperatorActions, type OperatorState, useOperator } from './use-operator.ts';
import { Waiting } from './waiting.tsx';
import { OperatorWordsContext, operatorWordsOf, useOperatorWords } from './words.ts';

interface OperatorAppProps {
  readonly api: OperatorApi;
  readonly token: string | null;
  readonly memory: Memory;
}

/** What lies over the page. */
export type Sheet =
  | { readonly kind: 'approve' | 'refuse'; readonly box: WaitingBox }
  | { readonly kind: 'next-log'; readonly box: WaitingBox; readonly change: LogChange }
  | { readonly kind: 'revoke'; readonly agent: AgentView; readonly name: string }
  | { readonly kind: 'invite' | 'bring' };

export function OperatorApp({ api, token, memory }: OperatorAppProps): JSX.Element {
  const [language, setLanguage] = useLanguage(memory);
  const [theme, setTheme] = useTheme(memory);
  const [state, actions] = useOperator(api, token);
  const words = operatorWordsOf(language);
  const { t } = words;
  return (
    <OperatorWordsContext.Provider value={words}>
      <header class="top">
        <a class="brand" href="/">
          <SealMark />
          <h1 class="brand">
            {t.title} <span class="room">{t.room}</span>
          </h1>
        </a>
        <span class="meter-choice" />
        <Choice
          label={t.language}
          value={language}
          onChange={setLanguage}
          options={[
            { value: 'sv', text: 'SV', spoken: 'Svenska' },
            { value: 'en', text: 'EN', spoken: 'English' },
          ]}
        />
        <Button
          icon={theme === 'dark' ? 'sun' : 'moon'}
          label={theme === 'dark' ? t.toLight : t.toDark}
          onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
        />
      </header>
      <main class="operator">
        {state.phase === 'in' ? (
          <Room api={api} actions={actions} overview={state.overview} lost={state.lost} />
        ) : (
          <Outside state={state} />
        )}
      </main>
    </OperatorWordsContext.Provider>
  );
}

function Outside({ state }: { state: Exclude<OperatorState, { phase: 'in' }> }): JSX.Element {
  const { t } = useOperatorWords();
  if (state.phase === 'entering') return <p class="outside quiet">{t.out.entering}</p>;
  const { code } = state;
  const why =
    code === 'LINK_INVALID' ? t.out.used : code === 'SESSION_OVER' ? t.out.over : t.out.away;
  return (
    <section class="panel outside">
      <h2>{t.out.title}</h2>
      {code !== null && <p role="status">{why}</p>}
      <p>{t.out.text}</p>
      <Command text="npx sigill cloud operator-link cloud.yaml" />
    </section>
  );
}

interface RoomProps {
  readonly api: OperatorApi;
  readonly actions: OperatorActions;
  readonly overview: Overview;
  readonly lost: boolean;
}

function Room({ api, actions, overview, lost }: RoomProps): JSX.Element {
  const { t, language } = useOperatorWords();
  const since = overview.cloud.operatorSince;
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [toast, say] = useToast();
  const close = () => setSheet(null);
  const done = (text: string) => {
    close();
    say(text);
  };
  const common = { api, actions, overview, onClose: close, onDone: done };
  return (
    <>
      <div role="status">{lost && <Notice look="broken" icon="broken" title={t.lost} />}</div>
      <Waiting overview={overview} onSheet={setSheet} />
      <div class="operator-columns">
        <Registered slots={overview.slots} now={overview.cloud.now} onSheet={setSheet} />
        <div class="operator-side">
          <Invitations {...common} onSheet={setSheet} say={say} />
          <Erasures erasures={overview.erasures} />
        </div>
      </div>
      <footer class="operator-foot">
        <div>
          <p class="mono">{t.key(overview.cloud.operator)}</p>
          {since !== null && <p class="small quiet">{t.keySince(formatDay(since, language))}</p>}
        </div>
        <span class="deeds">
          <Button compact onClick={() => setSheet({ kind: 'bring' })}>
            {t.bring.title}
          </Button>
          <Button compact onClick={actions.leave}>
            {t.leave}
          </Button>
        </span>
      </footer>
      {sheet?.kind === 'approve' && (
        <ApproveDialog
          key={sheet.box.box}
          {...common}
          box={sheet.box}
          onBring={() => setSheet({ kind: 'bring' })}
        />
      )}
      {sheet?.kind === 'next-log' && (
        <NextLogDialog
          key={sheet.box.box}
          {...common}
          box={sheet.box}
          change={sheet.change}
          onBring={() => setSheet({ kind: 'bring' })}
        />
      )}
      {sheet?.kind === 'refuse' && <RefuseDialog {...common} box={sheet.box} />}
      {sheet?.kind === 'revoke' && (
        <RevokeDialog {...common} agent={sheet.agent} name={sheet.name} />
      )}
      {sheet?.kind === 'invite' && <InviteDialog {...common} />}
      {sheet?.kind === 'bring' && <BringDialog {...common} />}
      <Toast text={toast} />
    </>
  );
}
