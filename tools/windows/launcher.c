/* The python.exe of a virtual environment, as CPython's PC/launcher.c has it: starts the one in the
   home that pyvenv.cfg names, and tells it by which path it was called. */
#include <windows.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

static wchar_t own[32768], home[32768], command[65536];
static char text[65536];

static FILE *open_settings(void) {
    FILE *file = NULL;
    wcscpy(home, own);
    for (int up = 0; up < 2 && !file; up++) {
        wchar_t *end = wcsrchr(home, L'\\');
        if (!end) break;
        wcscpy(end, L"\\pyvenv.cfg");
        file = _wfopen(home, L"rb");
        *end = 0;
    }
    return file;
}

static void read_home(FILE *file) {
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    *home = 0;
    for (char *line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        char *value = strchr(line, '=');
        if (!value || strncmp(line, "home", 4)) continue;
        if (strspn(line + 4, " \t") != (size_t)(value - line - 4)) continue;
        value += 1 + strspn(value + 1, " \t");
        MultiByteToWideChar(CP_UTF8, 0, value, -1, home, 32000);
        return;
    }
}

/* The command line from its second word on, just as it was given. */
static wchar_t *arguments(void) {
    wchar_t *rest = GetCommandLineW();
    if (*rest == L'"') {
        rest = wcschr(rest + 1, L'"');
        return rest ? rest + 1 : L"";
    }
    while (*rest && *rest != L' ' && *rest != L'\t') rest++;
    return rest;
}

int wmain(void) {
    GetModuleFileNameW(NULL, own, 32768);
    FILE *file = open_settings();
    if (!file) {
        fprintf(stderr, "No pyvenv.cfg file\n");
        return 106;
    }
    read_home(file);
    fclose(file);
    if (!*home) {
        fprintf(stderr, "No home in pyvenv.cfg\n");
        return 107;
    }
    wcscat(home, L"\\python.exe");
    SetEnvironmentVariableW(L"__PYVENV_LAUNCHER__", own);
    swprintf(command, 65536, L"\"%ls\"%ls", home, arguments());
    STARTUPINFOW start;
    GetStartupInfoW(&start);
    PROCESS_INFORMATION started;
    if (!CreateProcessW(home, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &started)) {
        fprintf(stderr, "can't start %ls\n", command);
        return 101;
    }
    WaitForSingleObject(started.hProcess, INFINITE);
    DWORD code = 1;
    GetExitCodeProcess(started.hProcess, &code);
    return (int)code;
}
