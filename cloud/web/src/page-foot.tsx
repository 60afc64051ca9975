import type { JSX } from 'preact';
import { POLICY_PATH } from './api/client.ts';
import { useWords } from './strings/words.ts';

export function PageFoot({ version }: { version: string | null }): JSX.Element {
  const { t } = useWords();
  return (
    <footer class="foot">
      <p>{t.footer.sentence}</p>
      <nav aria-label={t.title}>
        <a href="/api/docs">{t.footer.docs}</a>
        <a href={POLICY_PATH} download="policy.json">
          {t.footer.policy}
        </a>
        {version !== null && <span>{t.footer.version(version)}</span>}
      </nav>
    </footer>
  );
}
