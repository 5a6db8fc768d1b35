import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of real market data that lies beside the repository where it was built; tests that need it skip elsewhere. */
export const sharedData: string = fileURLToPath(new URL('../../../../../shared/data/taiwan/', import.meta.url));
export const hasSharedData: boolean = existsSync(sharedData);
