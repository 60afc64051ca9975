import { useEffect, useState } from 'preact/hooks';

const SHOWN_MS = 4000;

export function useToast(): [string | null, (text: string) => void] {
  const [toast, setToast] = useState<{ readonly text: string } | null>(null);
  useEffect(() => {
    if (toast === null) return;
    const timer = setTimeout(() => setToast(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return [toast?.text ?? null, (text) => setToast({ text })];
}
