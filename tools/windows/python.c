/* python.exe: what CPython's PC/python.c does. The DLL beside it is python.org's own. */
#include <windows.h>
#include <stdio.h>

int wmain(int argc, wchar_t **argv) {
    HMODULE dll = LoadLibraryW(L"python" VERSION L".dll");
    if (!dll) {
        fprintf(stderr, "python.exe: no DLL (error %lu)\n", GetLastError());
        return 103;
    }
    int (*py_main)(int, wchar_t **) = (int (*)(int, wchar_t **))(void *)GetProcAddress(dll, "Py_Main");
    return py_main(argc, argv);
}
