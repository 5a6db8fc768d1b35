import { stylesOf } from '../streams.ts';
import { fittedText } from '../terminal/fitted-text.ts';
import { list, wholeNumber } from './flags.ts';
import type { Registrar } from './registrar.ts';

/** `preopen keygen`, `preopen certify` and `preopen verify`. */
export const registerCertificate: Registrar = (program, streams, finish) => {
  program
    .command('keygen')
    .summary('make a key pair that signs certificates')
    .description('Make an Ed25519 key pair: NAME.key.pem (private, mode 0600) and NAME.pub.pem.')
    .option('--out <name>', 'name of the two files', 'preopen')
    .option('--json', 'print as JSON')
    .action(async (flags: { out: string; json?: boolean }) => {
      const { keygenCommand } = await import('../commands/keygen.ts');
      finish(await keygenCommand(flags.out, flags.json === true, streams));
    });
  program
    .command('certify')
    .summary('sign a finished run')
    .description(
      'Sign a finished run: certificate.dsse.json, its in-toto twin and a printable page, beside the results. Without a key a draft is written that says so.',
    )
    .argument('<run>', 'folder of a run, or its results.json')
    .option('--key <file>', 'private key (default: the environment variable PREOPEN_SIGNING_KEY)')
    .option('--valid-days <n>', 'how long it is valid (default: 30)', wholeNumber(1))
    .option('--ledger <dir>', 'ledger of attempts', '.preopen/ledger')
    .option('--json', 'print as JSON')
    .action(async (run: string, flags) => {
      const { certifyCommand } = await import('../commands/certify.ts');
      finish(await certifyCommand(run, flags, streams));
    });
  program
    .command('verify')
    .summary('check a certificate: signature, digests, and every verdict again from the results')
    .description('Check a certificate or statement of result, and say what is found.')
    .argument('<file>', 'certificate.dsse.json, or the folder of a run')
    .option('--key <file>', 'public key of who is trusted to sign; without it nothing is proved')
    .option('--results <file>', 'the results it speaks of (default: results.json beside it)')
    .option('--ledger <dir>', 'the ledger of attempts, to check the count of attempts too')
    .option(
      '--accept-condition <ids>',
      'accept a conditional statement under these conditions; commas, can be repeated',
      list,
    )
    .option('--vsa <file>', 'also write what was found as a SLSA verification summary, signed by you')
    .option('--sign-with <file>', 'your private key for it (default: PREOPEN_SIGNING_KEY)')
    .option('--verifier-id <uri>', 'who you are in it', 'https://github.com/preopen/preopen#verify')
    .option('--json', 'print as JSON')
    .addHelpText('after', () =>
      fittedText(
        `
Exit codes:
  0    verified, and a pass (or conditional, with every condition accepted)
  1    refused: something in it is false or was changed; or it verifies and says: not ready
  2    wrong usage, or a file that cannot be read
  3    verified, but no pass; or unproven, because the key or the results were not given`,
        stylesOf(streams, 'auto').out.columns,
      ),
    )
    .action(async (file: string, flags) => {
      const { verifyCommand } = await import('../commands/verify.ts');
      finish(await verifyCommand(file, flags, streams));
    });
};
