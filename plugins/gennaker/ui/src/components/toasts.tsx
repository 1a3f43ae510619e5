import { createToaster, Toast, Toaster } from "@chakra-ui/react";

const toaster = createToaster({ placement: "bottom-end", pauseOnPageIdle: true, max: 3 });

export const say = (title: string, type: "success" | "warning" = "success") => {
  toaster.create({ title, type, duration: 6_000 });
};

export const Toasts = () => (
  <Toaster toaster={toaster}>
    {(toast) => (
      <Toast.Root width={{ md: "sm" }}>
        <Toast.Indicator />
        <Toast.Title>{toast.title}</Toast.Title>
        <Toast.CloseTrigger />
      </Toast.Root>
    )}
  </Toaster>
);
