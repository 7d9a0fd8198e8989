'use client';
import { useText } from '@/lib/session';
import { Dialog, DialogContent } from '../ui/dialog';
import { Account } from './account';
import { AssistantButton } from './assistant-button';
import { SideNavigation } from './side-navigation';

/** All places and the account, on a phone. */
export default function PhoneMenu({ onClose }: { onClose: () => void }) {
  const text = useText();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent shape="left" title={text.nav.menu} closeLabel={text.close}>
        <div className="flex min-h-0 flex-1 flex-col px-3 pb-4">
          <SideNavigation onNavigate={onClose} />
          <AssistantButton onOpen={onClose} />
          <Account />
        </div>
      </DialogContent>
    </Dialog>
  );
}
