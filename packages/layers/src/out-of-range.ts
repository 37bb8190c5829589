import { TriadError } from '@triad/protocol';

/** Where a value left what fixed point can hold, as the range check of a run in the clear found it. */
export class OutOfRange extends TriadError {
  constructor(
    /** The node that was computed, by name. */
    readonly node: string,
    /** The layer it belongs to: what the nearest parameter is called after. */
    readonly layer: string | undefined,
    /** Earlier runs of the program. */
    readonly step: number,
    what: string,
    remedy: string,
  ) {
    const where = layer === undefined ? `'${node}'` : `'${node}' (layer '${layer}')`;
    super('limit', `${where} ${what} at step ${step}`, { remedy });
  }
}
