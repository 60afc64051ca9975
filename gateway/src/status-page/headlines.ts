/**
 * What needs somebody, in the reader's language, by the alarm's code. The sentence that tells all of it follows in English,
 * as in the log and in docs/errors.md.
 * @module
 */

const en = {
  closed: 'This log takes nothing now',
  agent: 'This box seals nothing now',
  quarantined: 'The key of a box is out',
  ANCHOR_OVERDUE: 'Nothing reaches the ledger',
  BATCH_CONFLICT: 'A card was copied, or put back to an older state',
  BATCH_LOST: 'A batch is gone from this box',
  CALL_CONSISTENCY: 'This log does not continue what was anchored',
  CERTIFICATE_MISMATCH: 'Somebody stands between a box and this gateway',
  CLOUD_AHEAD: 'The cloud holds more than this disk',
  CLOUD_DISAGREES: 'The cloud holds something else than this disk',
  CLOUD_REFUSED: 'The cloud refuses what this box sends',
  GATEWAY_FAILED: 'The gateway could not start again',
  GENERATION_DAMAGED: 'What the closed log left is damaged',
  GENERATION_WAITS: 'The next log cannot begin yet',
  LEDGER_NONCE_TAKEN: 'Somebody else uses the account that anchors',
  NEXT_LOG_ELSEWHERE: 'The next log runs on another box',
  NOTARY_DISAGREES: 'What was anchored and this disk do not fit',
  SITE_LOG_FORKED: 'There are two histories of this log',
  SITE_LOG_FROZEN: 'The operator closed this log',
  SITE_LOG_HELD: 'This disk seems to be an older copy',
  'cloud-quarantine': 'The cloud does not believe a batch',
  'generation-refused': 'The operator does not want a next log',
} as const;

type Headlines = Readonly<Record<keyof typeof en, string>>;

const sv: Headlines = {
  closed: 'Loggen tar inte emot något nu',
  agent: 'Lådan förseglar inget nu',
  quarantined: 'En lådas nyckel är spärrad',
  ANCHOR_OVERDUE: 'Inget når liggaren',
  BATCH_CONFLICT: 'Ett kort har kopierats eller återställts',
  BATCH_LOST: 'En sats saknas på lådan',
  CALL_CONSISTENCY: 'Loggen fortsätter inte det som förankrats',
  CERTIFICATE_MISMATCH: 'Någon står mellan en låda och den här gatewayen',
  CLOUD_AHEAD: 'Molnet har mer än den här disken',
  CLOUD_DISAGREES: 'Molnet har något annat än den här disken',
  CLOUD_REFUSED: 'Molnet avvisar det lådan sänder',
  GATEWAY_FAILED: 'Gatewayen kunde inte starta igen',
  GENERATION_DAMAGED: 'Det som den stängda loggen lämnade är skadat',
  GENERATION_WAITS: 'Nästa logg kan inte börja ännu',
  LEDGER_NONCE_TAKEN: 'Någon annan använder kontot som förankrar',
  NEXT_LOG_ELSEWHERE: 'Nästa logg körs på en annan låda',
  NOTARY_DISAGREES: 'Det som förankrats och den här disken stämmer inte',
  SITE_LOG_FORKED: 'Loggen har två historier',
  SITE_LOG_FROZEN: 'Operatören har stängt loggen',
  SITE_LOG_HELD: 'Disken verkar vara en äldre kopia',
  'cloud-quarantine': 'Molnet tror inte på en sats',
  'generation-refused': 'Operatören vill inte ha en ny logg',
};

const HEADLINES: Readonly<Record<'en' | 'sv', Readonly<Record<string, string>>>> = { en, sv };

/** Null: this code has none. */
export function headlineOf(language: 'en' | 'sv', code: string): string | null {
  return HEADLINES[language][code] ?? null;
}
