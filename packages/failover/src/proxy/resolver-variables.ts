/** Environment variables by which a service's resolver is told what it is to fail at. */
export const resolverVariables = {
  /** The one name that is resolved differently. */
  name: 'PREOPEN_FAULT_NAME',
  /** While this file exists the name cannot be resolved. */
  file: 'PREOPEN_FAULT_NAME_FILE',
} as const;
