import type { ProxyStats } from './relay.ts';
import type { Toxic, ToxicInput } from './toxic.ts';

/** What is asked of the thread that holds a proxy. */
export type ProxyOrder =
  | { readonly what: 'set'; readonly toxic: ToxicInput }
  | { readonly what: 'remove'; readonly name: string }
  | { readonly what: 'state' }
  | { readonly what: 'close' };

/** What it answers. */
export interface ProxyState {
  readonly toxics: readonly Toxic[];
  readonly stats: ProxyStats;
}

/** The number tells which answer is to which order. */
export interface NumberedOrder {
  readonly id: number;
  readonly order: ProxyOrder;
}

/** What the thread says. */
export type ProxyMessage =
  | { readonly type: 'listening'; readonly host: string; readonly port: number }
  | { readonly type: 'done'; readonly id: number; readonly state: ProxyState }
  | { readonly type: 'failed'; readonly id: number | undefined; readonly message: string };
