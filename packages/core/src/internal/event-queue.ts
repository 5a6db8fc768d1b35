/**
 * Hands events from a producer that never waits to a consumer that may be slow or absent.
 * Only events that may be lost are dropped, once more than `capacity` wait.
 */
export interface EventQueue<Event> extends AsyncIterable<Event> {
  push(event: Event, droppable?: boolean): void;
  end(): void;
}

export function createEventQueue<Event>(capacity = 1000): EventQueue<Event> {
  const waiting: Event[] = [];
  let wake: (() => void) | undefined;
  let ended = false;
  return {
    push(event, droppable = false) {
      if (ended || (droppable && waiting.length >= capacity)) return;
      waiting.push(event);
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift() as Event;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    },
  };
}
