/** Type of the event on the window by which the Page hands its port to the Relay, before any page script runs. */
export const HAND_OVER = 'windowsill-port';
