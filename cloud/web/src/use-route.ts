import { useEffect, useState } from 'preact/hooks';
import { formatRoute, parseRoute, type Route } from './routes.ts';

export function useRoute(): [Route, (route: Route) => void] {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const changed = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return [
    route,
    (next) => {
      location.hash = formatRoute(next);
    },
  ];
}
