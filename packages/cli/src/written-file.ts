import { InputError, writeFileAtomic } from '@preopen/core';

/** What a person can do about it; the system's own words name temporary files that nobody asked for. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'that disk is read-only',
  ENOSPC: 'the disk is full',
};

/**
 * Does some writing to where a person said.
 * @param what they said, such as `--html pages/history.html`
 * @throws InputError (E130) where the system refuses; all else as it is
 */
export async function writing<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw new InputError(`${what} cannot be written: ${reasons[code] ?? message}.`, { code: 'E130', cause });
  }
}

/** Writes a file that a flag names, whole or not at all. */
export const writeNamedFile = (flag: string, path: string, content: string | Uint8Array): Promise<void> =>
  writing(`${flag} ${path}`, () => writeFileAtomic(path, content));
