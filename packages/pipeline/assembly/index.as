export { extreme, moments, pairs, rank } from './rolling';
export { midranks } from './midranks';
