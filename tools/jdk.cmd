@echo off
rem Sets JAVA_HOME to a JDK 25 or newer: the one set, that of the java on the PATH, or one in the usual places.
if defined JAVA_HOME call :consider "%JAVA_HOME%"
if defined JDK_FOUND goto found
for /f "delims=" %%j in ('where java 2^>nul') do if not defined JDK_FOUND call :consider "%%~dpj.."
if defined JDK_FOUND goto found
for %%r in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%LOCALAPPDATA%\Programs\Eclipse Adoptium" "%USERPROFILE%\.jdks" "%USERPROFILE%\scoop\apps") do (
  for /d %%d in ("%%~r\*") do if not defined JDK_FOUND call :consider "%%~d"
)
if defined JDK_FOUND goto found
echo error: no JDK 25 or newer found; install one (Windows: winget install EclipseAdoptium.Temurin.25.JDK; Debian/Ubuntu: sudo apt install openjdk-25-jdk; Fedora: sudo dnf install java-25-openjdk-devel; macOS: brew install openjdk@25) or set JAVA_HOME to one 1>&2
exit /b 1

:found
set "JAVA_HOME=%JDK_FOUND%"
set "JDK_FOUND="
exit /b 0

:consider
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "usebackq tokens=1,* delims==" %%a in ("%~1\release") do if "%%a"=="JAVA_VERSION" (
  for /f "tokens=1 delims=.-+ " %%v in ("%%~b") do if %%v GEQ 25 set "JDK_FOUND=%~f1"
)
exit /b 0
