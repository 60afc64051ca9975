/** What a stream is called: as the town calls it on a demonstration, else as its gateway does. Pure. */
import type { Status, Stream } from '../api/model.ts';
import type { Language } from '../strings/language.ts';
import { townSource } from '../town/town-sources.ts';

export interface StreamName {
  readonly title: string;
  /** Its device, or what its gateway calls it. */
  readonly detail: string;
}

export function nameOf(
  { source, device }: Pick<Stream, 'source' | 'device'>,
  status: Status | null,
  language: Language,
): StreamName {
  const title = townSource(source, status?.demonstration ?? false)?.title[language];
  return title === undefined ? { title: source, detail: device } : { title, detail: source };
}
