import { en } from './en';

/** The shape every language must fill; English is the source. */
export type Catalogue = typeof en;

/** The words of the running language. */
export const t: Catalogue = en;
