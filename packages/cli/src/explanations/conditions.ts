import type { Readiness } from '@preopen/report';

type ConditionId = Readiness['conditions'][number]['id'];

/** What a condition of a certificate means, and what the one who ran it can honestly do. */
interface ConditionExplanation {
  readonly what: string;
  readonly whatToDo: string;
}

/** By the ids that `preopen verify --accept-condition` takes. */
export const conditionExplanations: Readonly<Record<ConditionId, ConditionExplanation>> = {
  'seed-given': {
    what: 'The seed was given by hand, so the target may have been fitted to its data.',
    whatToDo: 'Run again without --seed: the run draws one, and says which.',
  },
  'target-declared': {
    what: 'The target is known by its address alone, which may serve another tomorrow.',
    whatToDo: 'Let Preopen start it: a command or a module in the config, whose files are hashed.',
  },
  'target-unhashed': {
    what: 'The target is known by its command, and none of its files was found to be hashed.',
    whatToDo: 'Name its files in the command (["python3", "serve.py"]), or start it from the folder that holds them.',
  },
  'scale-below-profile': {
    what: 'It was measured with fewer stocks or days than the profile of production asks for: 2,000 × 252.',
    whatToDo: 'Run the suite comprehensive or all.',
  },
  'requirements-below-profile': {
    what: 'A limit of the profile was not asked for, or a looser one was.',
    whatToDo:
      'Leave `requirements` of the config as strict as those of the suite comprehensive; `preopen list metrics` has them.',
  },
  'attempts-unknown': {
    what: 'No ledger of attempts was kept, so nobody knows how often this was tried until it passed.',
    whatToDo: 'Run and certify from the folder that holds .preopen/ledger, and keep that folder between runs.',
  },
  'attempts-abandoned': {
    what: 'Some attempts on the same target, machine and scale were begun and never brought to an end. What an interrupted run would have shown is not known, so it stays in the count.',
    whatToDo:
      'Nothing takes it out of this ledger, and that is meant. Whoever verifies can accept it by name once told why: --accept-condition attempts-abandoned. A changed target (other bytes) has a count of its own, which begins at 1. To begin a new ledger, move the old one away rather than delete it (mv .preopen/ledger .preopen/ledger-until-DATE), run again, and give both to whoever verifies with the reason: a certificate says when its first attempt was, so a new ledger can be seen.',
  },
};
