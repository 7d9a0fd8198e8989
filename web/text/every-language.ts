// All languages at once, for the server: it answers people of each.
import { addCatalogue, type Catalogue } from './catalogue';
import de from './compiled/de.json';
import he from './compiled/he.json';
import { textsFrom } from './messages';

addCatalogue('de', textsFrom('de', de) as Catalogue);
addCatalogue('he', textsFrom('he', he) as Catalogue);
