/** The page: what was given, what came of it, and what is drawn again when one of them changes. */
import { chooseLanguage } from '../src/strings/language.ts';
import { readFiles } from './files/read-files.ts';
import { type Given, NOTHING, takeGiven } from './files/take-given.ts';
import { askWorker } from './judging/ask-worker.ts';
import type { Examination, SeenHash } from './judging/examination.ts';
import { hashOfPage, type PageParts } from './page-file.ts';
import { wordsOf } from './strings/words.ts';
import { type Child, h, refill } from './view/html.ts';
import { inputs } from './view/inputs.ts';
import { showProgress } from './view/progress.ts';
import { about, top } from './view/surroundings.ts';
import { headline, verdictView } from './view/verdict.ts';

export function startPage(parts: PageParts): void {
  const pageHash = hashOfPage(parts);
  let words = wordsOf(chooseLanguage(null, navigator.languages));
  let held = NOTHING;
  let block: SeenHash | null = null;
  let judged: { readonly examination: Examination; readonly judgedAt: number } | null = null;
  let stop = () => {};
  // An answer to an earlier question may come late.
  let turn = 0;

  const places = {
    top: h('header'),
    inputs: h('div'),
    // Stays where it is, so that what changes in it is read out.
    status: h('p', { class: 'spoken', role: 'status' }),
    verdict: h('div', { id: 'verdict' }),
    about: h('footer', { class: 'screen' }),
  };
  const { inputs: inputPlace, status, verdict } = places;
  document.body.append(places.top, h('main', {}, inputPlace, status, verdict), places.about);

  const drawAll = () => {
    document.documentElement.lang = words.language;
    document.title = words.t.title;
    const speak = (language: typeof words.language) => {
      words = wordsOf(language);
      drawAll();
    };
    refill(places.top, top(words, speak));
    refill(places.about, about(words, pageHash));
    drawInputs();
    if (judged !== null) drawVerdict();
  };
  const drawInputs = () =>
    refill(inputPlace, inputs({ words, ...held, onGiven: take, onRemove: remove }));
  const drawVerdict = () => {
    const { evidence, policy } = held;
    const props = judged && evidence && { words, ...judged, evidence, policy, block, pageHash };
    refill(verdict, props && verdictView({ ...props, onBlock: compare }));
  };

  const judge = async () => {
    stop();
    turn += 1;
    const own = turn;
    judged = null;
    const { evidence, policy } = held;
    if (evidence === null) return drawVerdict();
    const question = { file: evidence.bytes, policy: policy?.text ?? null, block };
    const asked = askWorker(question, parts.program);
    const shown = showProgress(verdict, evidence.bytes.length, words);
    stop = () => {
      asked.stop();
      shown.stop();
    };
    let outcome: Child;
    try {
      const examination = await asked.answer;
      if (own !== turn) return;
      judged = { examination, judgedAt: Date.now() };
      outcome = headline({ words, examination, policy });
    } catch (error) {
      outcome = `${words.t.failed} ${error}`;
    }
    stop();
    status.textContent = outcome;
    if (judged === null) refill(verdict, h('p', { class: 'notice no' }, outcome));
    else {
      drawVerdict();
      // On a phone it stands below what was given. Without a policy the next thing to do is above.
      if (policy !== null) verdict.scrollIntoView({ block: 'nearest' });
    }
  };
  const take = (given: readonly Given[]) => {
    held = takeGiven(held, given);
    drawInputs();
    return judge();
  };
  const remove = (what: 'evidence' | 'policy') => {
    held = { ...held, [what]: null, trouble: null };
    drawInputs();
    return judge();
  };
  const compare = (seen: SeenHash) => {
    block = seen;
    return judge();
  };

  drawAll();
  takeDrops(async (files) => take(await readFiles(files)));
}

function takeDrops(onFiles: (files: readonly File[]) => void): void {
  const { classList } = document.body;
  // Else the browser would open the file in the page's place.
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    classList.add('dragging');
  });
  document.addEventListener('dragleave', () => classList.remove('dragging'));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    classList.remove('dragging');
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) onFiles(files);
  });
}
