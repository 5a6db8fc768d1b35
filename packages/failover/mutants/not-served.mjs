/** A request that is refused, with the status that says whose mistake it is. */
export class NotServed extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}
