// The scripts of the registration form, one file when collected (outreach/static_files.py). First what stands alone.
import "./idle-lock.js";
import "./offline-strip.js";
import "./error-summary.js";
import "./guardian.js";
import "./echo.js";
import "./registration/steps.js";
import "./price.js";
import "./village.js";
import "./chips.js";
import "./nik.js";
import "./draft.js";
