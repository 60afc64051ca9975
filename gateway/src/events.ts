/** What happened at the gateway, as a person reads it and as a program does. */
export interface GatewayEvent {
  /** `alarm`: somebody must come. `warning`: it mends itself, or waits. */
  readonly level: 'info' | 'warning' | 'alarm';
  /** Stable, for programs: `logged`, `cloud-away`, an error's code. */
  readonly what: string;
  /** One sentence. */
  readonly text: string;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

export type Tell = (event: GatewayEvent) => void;

/** What a package that logs as pino does has to say. What it says of a source is a whole sentence. */
export function toLog(tell: Tell) {
  const say = (level: GatewayEvent['level']) => (details: object, message: string) => {
    const facts = Object.entries(details).flatMap(([name, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value) ? [[name, value]] : [],
    );
    const isSource = 'source' in details;
    const shown = isSource ? '' : facts.map(([name, value]) => `${name}: ${value}`).join(', ');
    const text = shown === '' ? message : `${message} (${shown})`;
    tell({ level, what: isSource ? 'source' : 'agent', text, facts: Object.fromEntries(facts) });
  };
  return { info: say('info'), warn: say('warning'), error: say('alarm') };
}
