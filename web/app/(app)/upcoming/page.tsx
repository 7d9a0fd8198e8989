import { TaskPageContent } from '@/server/task-page';
import { titled } from '@/server/language';
import { textFor } from '@/text';

export const generateMetadata = titled((locale) => textFor(locale).nav.upcoming);

export default function Page() {
  return <TaskPageContent view={{ name: 'upcoming' }} title={(text) => text.nav.upcoming} />;
}
