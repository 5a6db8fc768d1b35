import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { FaultSite } from './fault.ts';

/** Programs that run JavaScript with Node, by the names of their files. */
export const nodePrograms: RegExp = /^node(js)?$/;

/** Programs that run Python. */
export const pythonPrograms: RegExp = /^(python|pypy)[\d.]*$/;

/** Whether one of the service's processes runs a program whose file is called so. */
export function runsProgram(site: FaultSite, name: RegExp): boolean {
  return site.processes().some(({ pid }) => {
    try {
      return name.test(basename(readlinkSync(`/proc/${pid}/exe`)));
    } catch {
      return false;
    }
  });
}
