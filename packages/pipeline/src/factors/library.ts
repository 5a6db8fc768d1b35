import { crossSectionalFactors } from './cross-sectional.ts';
import type { Factor } from './factor.ts';
import { fundamentalFactors } from './fundamental.ts';
import { microstructureFactors } from './microstructure.ts';
import { priceVolumeFactors } from './price-volume.ts';
import { riskFactors } from './risk.ts';
import { technicalFactors } from './technical.ts';

/** All factors of this package, by group. */
export const factorLibrary: readonly Factor[] = [
  ...priceVolumeFactors,
  ...technicalFactors,
  ...fundamentalFactors,
  ...microstructureFactors,
  ...crossSectionalFactors,
  ...riskFactors,
];
