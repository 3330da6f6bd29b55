// script.js: written by another part of the project.
