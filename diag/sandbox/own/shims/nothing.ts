// Stands for modules that only carry types, or that load an .env file: the platform sets variables itself.
export {};
