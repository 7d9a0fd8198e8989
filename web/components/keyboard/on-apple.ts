/** Whether this device has a keyboard of Apple's: its shortcuts use ⌘. */
export function onApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
