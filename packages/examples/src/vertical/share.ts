import type { Executor, Shared } from '@triad/layers';
import type { PsiResult } from '@triad/ot-psi';
import { columns } from '../house-price/houses.js';
import type { Feed, SharedHouses } from '../house-price/party.js';
import { agencyColumns, cityColumns, inOrder, known, type Match, trainingRows } from './districts.js';

/**
 * Shares of the columns of common districts, in one order. The agency shares all that it has, in the order of its slots; the city, which knows the
 * slots of the common ones, selects them, and then shares its own columns of the same districts. `found` is what an owner found out.
 */
export const shareMatched = async (exe: Executor, found: PsiResult | undefined): Promise<SharedHouses> => {
  const matches = found?.rows && found.slots ? inOrder(found.rows, found.slots) : [];
  const all = await shareAgency(exe, found?.slotRows ?? new Uint32Array());
  const price = await selected(exe, all.price, matches);
  const agency = await selected(exe, all.agency, matches);
  const city = await shareCity(exe, matches, price.shape[0]!);
  return parts({ city, agency, price });
};

const shareAgency = (exe: Executor, slotRows: Uint32Array) => {
  const values = () => agencyColumns([...slotRows]);
  const count = known.agency.length;
  const owner = 'agency';
  return exe.share({
    agency: { owner, shape: [count, columns.agency.length], values: () => values().agency },
    price: { owner, shape: [count, 1], values: () => values().price },
  });
};

/** The matched rows; the others are forgotten. All parties learn how many they are. */
const selected = async (exe: Executor, x: Shared, matches: readonly Match[]): Promise<Shared> => {
  const matched = await exe.select(x, { owner: 'city', rows: matches.map(({ slot }) => slot) });
  exe.forget(x);
  return matched;
};

const shareCity = async (exe: Executor, matches: readonly Match[], count: number): Promise<Shared> => {
  const values = () => cityColumns(matches.map(({ row }) => row));
  const { city } = await exe.share({
    city: { owner: 'city', shape: [count, columns.city.length], values },
  });
  return city;
};

const parts = ({ city, agency, price }: Pick<Feed, 'city' | 'agency' | 'price'>): SharedHouses => {
  const end = price.shape[0]!;
  const middle = trainingRows(end);
  const part = (from: number, to: number) => ({
    city: city.rows(from, to),
    agency: agency.rows(from, to),
    price: price.rows(from, to),
  });
  return { train: part(0, middle), heldOut: part(middle, end) };
};
