import type { Toxic, ToxicInput } from './toxic.ts';

/** What is asked of the thread that holds a proxy. */
export type ProxyOrder =
  | { readonly what: 'set'; readonly toxic: ToxicInput }
  | { readonly what: 'remove'; readonly name: string }
  | { readonly what: 'toxics' }
  | { readonly what: 'close' };

/** The number tells which answer is to which order. */
export interface NumberedOrder {
  readonly id: number;
  readonly order: ProxyOrder;
}

/** What the thread says. */
export type ProxyMessage =
  | { readonly type: 'listening'; readonly host: string; readonly port: number }
  | { readonly type: 'done'; readonly id: number; readonly toxics: readonly Toxic[] }
  | { readonly type: 'failed'; readonly id: number | undefined; readonly message: string };
