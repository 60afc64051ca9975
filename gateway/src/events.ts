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
