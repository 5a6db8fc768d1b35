import { existsSync } from 'node:fs';
import { undoJournal } from './journal.ts';

// Entry of the guardian of one journal: `node undo-guardian.js PATH`. When its standard input ends, the tester has closed
// the journal or is gone; whatever is open then is undone.

const path = process.argv[2] ?? '';

// It ends when its input ends and not before; a signal to everything must not take the last net away first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.stdin.resume();
await new Promise((resolve) => process.stdin.once('close', resolve));
if (existsSync(path)) await undoJournal(path);
