import type { Transport } from "./transport.js";

/** A noun of the API: what has its operations as methods. */
export class Resource {
  constructor(protected readonly transport: Transport) {}
}
