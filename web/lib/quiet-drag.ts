// Moves that a page announces itself, for keys and pointer alike: the library is to say nothing beside it.

const silent = () => undefined;

/** What a DndContext says to screen readers. @param how the page's own words on how to move */
export function quietDrag(how: string) {
  return {
    announcements: {
      onDragStart: silent,
      onDragOver: silent,
      onDragEnd: silent,
      onDragCancel: silent,
    },
    screenReaderInstructions: { draggable: how },
  };
}
