/**
 * The script that runs in the MAIN world of a document whose page called something of `window.ai`, beside the Page's own.
 */

import { sayWindowAI } from '../../window_ai_script';
import { newGenerations } from './generations';

sayWindowAI(newGenerations);
