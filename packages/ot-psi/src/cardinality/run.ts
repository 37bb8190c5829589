/**
 * How many items two sets share, and nothing else (PSI-CA), by oblivious switching (Garimella, Mohassel, Rosulek, Sadeghian, Singh, "Private
 * Set Operations from Oblivious Switching", PKC 2021, section 5; the comparison in bins after Pinkas, Schneider, Tkachenko, Yanai,
 * EUROCRYPT 2019):
 *
 *     receiver, items x in bins by cuckoo hashing          sender, items y in every bin they may be in
 *                                                          t_b random for every bin b, p a random permutation of bins
 *     u_b of the item in bin b     <- OPPRF ->             y in bin b -> t_b
 *     u, random in empty bins      <- permute and share -> p: shares r, s of u in p's order
 *     counts zeros of r + d        <- d --                 d = s + t in p's order
 *
 * r + d = p(u + t). A bin whose item is the sender's has u_b = t_b and gives zero; any other one gives a uniform word, which is zero with
 * probability 2^-64: less than 2^-40 for all of up to 2^24 bins.
 *
 * Semi-honest. The receiver's view: messages of the OPPRF and of permute and share, which it could make up itself, and d. It knows
 * t_b at best masked by F(y) of items y that it did not place, so t_b of a bin that does not match is uniform given everything it has, and so are
 * the words that are not zero, independent of each other. Where the zeros stand is decided by p alone, which is uniform and the sender's secret. So d
 * can be made up from the number of zeros. The sender's view: messages of the OPRF and of permute and share, none of which depends on
 * the receiver's items. Both learn the sizes of both sets; where an item is placed depends on the receiver's others, and nobody is told.
 */
import type { OtLink } from '../ot/exchange.js';

const part = (link: OtLink, k: number): OtLink => ({ ...link, op: link.op.at(k) });

/** Where the parts of a run happen: the OPRF takes three more levels of addresses, so these are all of one. */
export const parts = (link: OtLink) => ({
  oprfBase: part(link, 0),
  switchBase: part(link, 1),
  hash: part(link, 2),
  hello: part(link, 3),
  items: part(link, 4),
  program: part(link, 5),
  permute: part(link, 6),
  difference: part(link, 7),
});

export const wordBytes = 8;
export const seedBytes = 16;
