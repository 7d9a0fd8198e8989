import { Feeds } from '@/components/feeds/feeds';
import { PageHeading } from '@/components/shell/page-heading';
import { ExportFile } from '@/components/transfer/export-file';
import { ImportFile } from '@/components/transfer/import-file';
import { requirePerson } from '@/server/session';
import { textFor } from '@/text';
import { transferTextFor } from '@/text/transfer';
import { titled } from '@/server/language';

export const generateMetadata = titled((locale) => textFor(locale).nav.transfer);

export default async function Page() {
  const { locale } = await requirePerson();
  return (
    <>
      <PageHeading title={textFor(locale).nav.transfer} note={transferTextFor(locale).note} />
      <div className="grid gap-10">
        <ImportFile />
        <ExportFile />
        <Feeds />
      </div>
    </>
  );
}
