/**
 * Which verifications a command line asks for: ids apart by spaces or commas, all of them where there is none. Whoever names one that
 * does not exist is told so, and nothing runs: a verification that was not run must not look like one that passed.
 * @param {readonly string[]} args
 * @param {readonly string[]} known
 * @returns {{ wanted: readonly string[], asJson: boolean }}
 */
export function verificationsAsked(args, known) {
  const asked = args.flatMap((argument) => argument.split(/[\s,]+/)).filter((word) => word !== '');
  const unknown = asked.filter((word) => word !== '--json' && !known.includes(word));
  if (unknown.length > 0) {
    throw new Error(
      `verify: ${unknown.join(', ')} is not known. Pass ids of ${known.join(', ')}, and --json for JSON.`,
    );
  }
  const wanted = asked.filter((word) => word !== '--json');
  return { wanted: wanted.length > 0 ? wanted : known, asJson: asked.includes('--json') };
}
